"""The command line: `python -m localcluster.images build | names`."""

import argparse
import json
import sys

from localcluster.containerd import image_names
from localcluster.errors import ClusterError
from localcluster.images.catalog import images
from localcluster.images.names import names
from localcluster.images.store import build_archives, ensure


def main() -> int:
    """Do what the arguments say; the exit code is 0 when it succeeded."""
    options = _parser().parse_args()
    try:
        _ACTIONS[options.action](options)
    except ClusterError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m localcluster.images", description=__doc__)
    actions = parser.add_subparsers(dest="action", required=True)
    build = actions.add_parser("build", help="build what is missing and import it into the cluster's containerd")
    build.add_argument("names", nargs="*", metavar="NAME", help=f"{', '.join(images())}; all when none is given")
    build.add_argument("--list", action="store_true", help="only say which images there are and which are imported")
    build.add_argument("--no-import", action="store_true", help="stop at the archives in .local/images")
    listing = actions.add_parser("names", help="print the image reference of every part")
    listing.add_argument("-o", "--output", choices=("text", "json"), default="text")
    return parser


def _build(options: argparse.Namespace) -> None:
    if options.list:
        present = image_names()
        for image in images().values():
            sys.stdout.write(f"{image.reference}  {'imported' if image.reference in present else 'missing'}\n")
    elif options.no_import:
        for archive in build_archives(options.names):
            sys.stdout.write(f"{archive}\n")
    else:
        for reference in ensure(options.names).values():
            sys.stdout.write(f"{reference}\n")


def _names(options: argparse.Namespace) -> None:
    found = names()
    if options.output == "json":
        sys.stdout.write(json.dumps(found, indent=2) + "\n")
    else:
        sys.stdout.writelines(f"{part}  {reference}\n" for part, reference in found.items())


_ACTIONS = {"build": _build, "names": _names}


if __name__ == "__main__":
    sys.exit(main())
