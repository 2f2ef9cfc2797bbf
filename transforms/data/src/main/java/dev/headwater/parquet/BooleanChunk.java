package dev.headwater.parquet;

import dev.headwater.columns.BooleanColumn;
import dev.headwater.columns.Column;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.compression.CompressionCodecFactory.BytesInputCompressor;

/** Booleans, a bit each. */
final class BooleanChunk extends ChunkWriter {
  private final boolean[] values;
  private int count;

  BooleanChunk(ColumnDescriptor column, PageLimits limits, BytesInputCompressor compressor) {
    super(column, limits, compressor);
    this.values = new boolean[limits.rows()];
    noDictionary();
  }

  @Override
  int rowsWithin(Column in, int from, int to, int bytes) {
    return to - from;
  }

  @Override
  void appendPlain(Column in, int from, int to) {
    boolean[] rows = ((BooleanColumn) in).values();
    for (int i = from; i < to; i++) {
      if (!in.isNull(i)) {
        values[count++] = rows[i];
      }
    }
  }

  @Override
  int plainBytes() {
    return (count + 7) / 8;
  }

  @Override
  void drainPlain(ByteSink out) {
    for (int at = 0; at < count; at += 8) {
      int bits = 0;
      for (int i = at; i < Math.min(count, at + 8); i++) {
        bits |= values[i] ? 1 << i - at : 0;
      }
      out.write(bits);
    }
  }

  @Override
  void endStatistics(Statistics<?> into) {
    for (int i = 0; i < count; i++) {
      into.updateStats(values[i]);
    }
    count = 0;
  }

  @Override
  void encode(Column in, int from, int to) {
    appendPlain(in, from, to);
  }

  @Override
  void decodePage() {}

  @Override
  int[] codes() {
    return new int[0];
  }

  @Override
  int codeCount() {
    return 0;
  }

  @Override
  int dictionarySize() {
    return 0;
  }

  @Override
  int dictionaryBytes() {
    return 0;
  }

  @Override
  void writeDictionary(ByteSink out) {}

  @Override
  void dropDictionary() {}

  @Override
  long held() {
    return values.length;
  }

  @Override
  void clear() {
    noDictionary();
  }
}
