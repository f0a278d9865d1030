"""The demo: from nothing to images that were stored over DICOM and found over HTTPS, step by step on the screen."""
