"""From a query to ranked passages: normalisation, embedding, dense and lexical index, fusion."""

import os

# The official ONNX Runtime writes a device id and sends events to Microsoft unless told not to
# before it is imported; only modules of this package import it.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
