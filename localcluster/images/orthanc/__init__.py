"""The local stand-in for orthancteam/orthanc: Debian's Orthanc with that image's start."""
