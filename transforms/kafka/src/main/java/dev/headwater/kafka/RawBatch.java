package dev.headwater.kafka;

import dev.headwater.columns.RowBatch;
import dev.headwater.kafka.decode.RawRecords;

/**
 * What a poll brought of one partition. The range is of the reader's positions, not of the records'
 * offsets: what was compacted away, markers of transactions and records of aborted ones are in it
 * too. So ranges of a partition follow each other without gaps, and a batch may have no rows.
 *
 * @param topicId of the topic, when it was read; empty where brokers give none
 * @param from the position before it
 * @param next the position after it
 * @param first whether the reader began the partition here
 * @param late records that were older than the partition's watermark when they came
 * @param rows columns of {@link RawRecords#SCHEMA}, in the order of offsets
 */
public record RawBatch(
    String topicId, int partition, long from, long next, boolean first, int late, RowBatch rows) {}
