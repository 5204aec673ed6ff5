"""Published networks as ONNX: files of packages in, the bytes of a model out."""
