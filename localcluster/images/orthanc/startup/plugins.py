"""The plug-ins that the image knows: what switches each on, its libraries, and the defaults that come with it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Plugin:
    """One plug-in of the image."""

    name: str
    libraries: tuple[str, ...]
    variable: str
    section: str = ""
    defaults: Mapping[str, Any] = field(default_factory=dict)
    on_by_default: bool = False
    variable_required: bool = False
    """Several plug-ins share the section, so only the variable tells which one is meant."""
    root_setting: str = ""
    """A setting outside any section that switches the plug-in on."""

    @property
    def configuration_section(self) -> str:
        """The section of orthanc.json that belongs to the plug-in, and switches it on."""
        return self.section or self.name

    def enabled(self, configuration: Mapping[str, Any], switches: Mapping[str, str]) -> bool:
        """Whether the plug-in is to be loaded; its variable set to `false` wins over everything."""
        wish = switches.get(self.variable)
        if wish is not None:
            return wish != "false"
        if self.variable_required:
            return False
        return self.on_by_default or self.configuration_section in configuration or self.root_setting in configuration


_ENABLE = {"Enable": True}
_DATABASE = {"EnableIndex": True, "EnableStorage": False, "Host": "HOST MUST BE DEFINED", "Lock": False}
_YOURS = "MUST BE DEFINED BY YOU"

PLUGINS = (
    Plugin("Authorization", ("libOrthancAuthorization.so",), "AUTHORIZATION_PLUGIN_ENABLED"),
    Plugin("ConnectivityChecks", ("libConnectivityChecks.so",), "CONNECTIVITY_CHECKS_PLUGIN_ENABLED"),
    Plugin("DicomWeb", ("libOrthancDicomWeb.so",), "DICOM_WEB_PLUGIN_ENABLED", defaults=_ENABLE),
    Plugin(
        "Gdcm",
        ("libOrthancGdcm.so",),
        "GDCM_PLUGIN_ENABLED",
        on_by_default=True,
        # JPEG 2000 only (DICOM PS3.5 annex A.4.4): the rest is decoded by DCMTK, which is faster.
        defaults={"Throttling": 4, "RestrictTransferSyntaxes": [f"1.2.840.10008.1.2.4.{end}" for end in range(90, 94)]},
    ),
    Plugin(
        "OrthancWebViewer",
        ("libOrthancWebViewer.so",),
        "ORTHANC_WEB_VIEWER_PLUGIN_ENABLED",
        section="WebViewer",
        variable_required=True,
    ),
    Plugin("StoneWebViewer", ("libStoneWebViewer.so",), "STONE_WEB_VIEWER_PLUGIN_ENABLED", variable_required=True),
    Plugin(
        "PostgreSQL",
        ("libOrthancPostgreSQLIndex.so", "libOrthancPostgreSQLStorage.so"),
        "POSTGRESQL_PLUGIN_ENABLED",
        defaults=_DATABASE
        | {"Port": 5432, "Database": "postgres", "Username": "postgres", "Password": "postgres", "EnableSsl": False},
    ),
    Plugin(
        "MySQL",
        ("libOrthancMySQLIndex.so", "libOrthancMySQLStorage.so"),
        "MYSQL_PLUGIN_ENABLED",
        defaults=_DATABASE | {"Port": 3306, "Database": "mysql", "Username": "root", "Password": "mysql"},
    ),
    Plugin("Python", ("libOrthancPython.so",), "PYTHON_PLUGIN_ENABLED", root_setting="PythonScript"),
    Plugin("ServeFolders", ("libServeFolders.so",), "SERVE_FOLDERS_PLUGIN_ENABLED"),
    Plugin("Transfers", ("libOrthancTransfers.so",), "TRANSFERS_PLUGIN_ENABLED"),
    Plugin(
        "Worklists",
        ("libModalityWorklists.so",),
        "WORKLISTS_PLUGIN_ENABLED",
        defaults=_ENABLE | {"Database": "/var/lib/orthanc/worklists"},
    ),
    Plugin("Housekeeper", ("libHousekeeper.so",), "HOUSEKEEPER_PLUGIN_ENABLED", defaults=_ENABLE),
    Plugin("DelayedDeletion", ("libDelayedDeletion.so",), "DELAYED_DELETION_PLUGIN_ENABLED", defaults=_ENABLE),
    Plugin("MultitenantDicom", ("libMultitenantDicom.so",), "MULTITENANT_DICOM_PLUGIN_ENABLED"),
    Plugin("Wsi", ("libOrthancWSI.so",), "WSI_PLUGIN_ENABLED"),
    Plugin(
        "Odbc",
        ("libOrthancOdbcIndex.so", "libOrthancOdbcStorage.so"),
        "ODBC_PLUGIN_ENABLED",
        defaults={"EnableIndex": True, "EnableStorage": False},
    ),
    Plugin("Tcia", ("libOrthancTcia.so",), "TCIA_PLUGIN_ENABLED", defaults=_ENABLE),
    Plugin("Indexer", ("libOrthancIndexer.so",), "INDEXER_PLUGIN_ENABLED", defaults=_ENABLE),
    Plugin("Neuro", ("libOrthancNeuro.so",), "NEURO_PLUGIN_ENABLED", defaults=_ENABLE),
    Plugin("STL", ("libOrthancSTL.so",), "STL_PLUGIN_ENABLED", defaults=_ENABLE),
    Plugin(
        "AwsS3Storage",
        ("libOrthancAwsS3Storage.so",),
        "AWS_S3_STORAGE_PLUGIN_ENABLED",
        defaults={"BucketName": _YOURS, "Region": _YOURS},
    ),
    Plugin(
        "GoogleCloudStorage",
        ("libOrthancGoogleCloudStorage.so",),
        "GOOGLE_CLOUD_STORAGE_PLUGIN_ENABLED",
        defaults={"ServiceAccountFile": _YOURS, "BucketName": _YOURS},
    ),
    Plugin(
        "AzureBlobStorage",
        ("libOrthancAzureBlobStorage.so",),
        "AZURE_BLOB_STORAGE_PLUGIN_ENABLED",
        defaults={"ConnectionString": _YOURS, "ContainerName": _YOURS},
    ),
    Plugin("AdvancedStorage", ("libAdvancedStorage.so",), "ADVANCED_STORAGE_PLUGIN_ENABLED", defaults=_ENABLE),
    Plugin(
        "OrthancExplorer2",
        ("libOrthancExplorer2.so",),
        "ORTHANC_EXPLORER_2_ENABLED",
        on_by_default=True,
        defaults=_ENABLE | {"IsDefaultOrthancUI": False},
    ),
    Plugin("VolView", ("libOrthancVolView.so",), "VOLVIEW_PLUGIN_ENABLED"),
    Plugin("Ohif", ("libOrthancOHIF.so",), "OHIF_PLUGIN_ENABLED"),
    Plugin("Java", ("libOrthancJava.so",), "JAVA_PLUGIN_ENABLED", defaults=_ENABLE),
)
