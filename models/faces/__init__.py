"""Faces in pictures: found, straightened, and what networks guess of them."""
