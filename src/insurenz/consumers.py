"""The list of who reacts to what: event type to functions, which the processes hand to the relay."""

from insurenz.events.relay import Consumers

CONSUMERS: Consumers = {}
