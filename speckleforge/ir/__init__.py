"""The intermediate representation: topologies, streams, designs, their text and their verifier. Names no layer."""
