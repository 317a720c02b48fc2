"""The Predict page: a clip and a post go in, a result with its reasons comes out."""
