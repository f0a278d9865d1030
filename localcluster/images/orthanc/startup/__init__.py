"""Makes /tmp/orthanc.json from files, environment and secrets as orthancteam/orthanc does.

Source: the image's documentation (Orthanc Book, "Docker images of the Orthanc Team") and the build files of the
repository orthanc-server/orthanc-builder. Runs inside the image with nothing but Python's standard library.
"""
