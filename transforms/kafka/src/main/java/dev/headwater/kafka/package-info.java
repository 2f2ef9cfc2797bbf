/**
 * Kafka's topics into tables, each record once.
 *
 * <p>Reads: a topic's records, as batches of raw columns. Writes: a table and its dead letters, and
 * into each snapshot's summary how far the topic is in the table. Guarantees: records in = rows +
 * dead letters + filtered; no offset twice, none left out. Next: features.
 */
@NullMarked
package dev.headwater.kafka;

import org.jspecify.annotations.NullMarked;
