"""Which plug-ins of the orthancteam/orthanc image run.

Source: Orthanc Book, "orthancteam/orthanc Docker images", plug-ins and their enabling variables.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pacsstack.spec.orthanc import Plugin, Viewer

if TYPE_CHECKING:
    from pacsstack.spec import PacsStack

ALWAYS = ("DICOM_WEB_PLUGIN_ENABLED", "POSTGRESQL_PLUGIN_ENABLED")

VARIABLES: dict[Viewer | Plugin, str] = {
    Viewer.STONE: "STONE_WEB_VIEWER_PLUGIN_ENABLED",
    Viewer.OHIF: "OHIF_PLUGIN_ENABLED",
    Viewer.VOLVIEW: "VOLVIEW_PLUGIN_ENABLED",
    Plugin.CONNECTIVITY_CHECKS: "CONNECTIVITY_CHECKS_PLUGIN_ENABLED",
    Plugin.HOUSEKEEPER: "HOUSEKEEPER_PLUGIN_ENABLED",
    Plugin.NEURO: "NEURO_PLUGIN_ENABLED",
    Plugin.STL: "STL_PLUGIN_ENABLED",
    Plugin.TRANSFERS: "TRANSFERS_PLUGIN_ENABLED",
    Plugin.WSI: "WSI_PLUGIN_ENABLED",
}


def plugin_environment(stack: PacsStack) -> dict[str, str]:
    """Return the variables that switch on the plug-ins of a stack.

    The variable is given even where a section of the configuration would do: viewers that share a section need it.
    """
    chosen: list[Viewer | Plugin] = [*stack.spec.orthanc.viewers, *stack.spec.orthanc.plugins]
    return dict.fromkeys(sorted({*ALWAYS, *(VARIABLES[one] for one in chosen)}), "true")
