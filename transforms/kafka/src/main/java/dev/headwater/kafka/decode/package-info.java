/**
 * What a topic's records hold, as rows: JSON, Avro with or without a registry, Debezium's changes,
 * plain values.
 */
@NullMarked
package dev.headwater.kafka.decode;

import org.jspecify.annotations.NullMarked;
