"""A stand-in for Google's DICOM import adapter 0.2: DIMSE in front, DICOMweb behind.

It honours the flags, defaults, refusals and failure statuses of the real one, as far as they are listed in `flags`;
what it does not do, it refuses. Source of the behaviour: the adapter's README and source,
GoogleCloudPlatform/healthcare-dicom-dicomweb-adapter.
"""
