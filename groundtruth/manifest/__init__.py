"""Input manifests: JSON Lines, one data object a line."""

from groundtruth.manifest.reading import ManifestLine, read_manifest

__all__ = ["ManifestLine", "read_manifest"]
