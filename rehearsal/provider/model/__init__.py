"""Tables of types, and what follows from them alone. Needs no cloud, no client of one, and no grpc."""
