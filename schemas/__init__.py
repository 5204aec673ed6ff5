"""What travels: records, their Avro contracts, the topic catalogue, the codec."""
