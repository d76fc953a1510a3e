"""What every stand-in for a provider does alike, whatever the cloud: the conversation with an engine.

`model` holds the words of the tables and what follows from them without any cloud: checks, differences,
outputs at preview. Around it stand the gRPC servicer, values on the wire, one configuration per connection.
A cloud adds its tables, its provider configuration, and what happens to a resource.
"""
