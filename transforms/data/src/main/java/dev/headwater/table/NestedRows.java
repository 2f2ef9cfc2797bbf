package dev.headwater.table;

import dev.headwater.columns.RowBatch;
import java.io.Serializable;
import java.util.Map;
import org.apache.iceberg.Schema;
import org.apache.iceberg.io.InputFile;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.jspecify.annotations.Nullable;

/** Rows with lists, maps or structs, read one by one. */
@SuppressWarnings("DoNotCallSuggester") // grows its body next
final class NestedRows implements AutoCloseable {
  NestedRows(
      InputFile file,
      Schema projection,
      @Nullable String nameMapping,
      Map<Integer, Serializable> constants) {
    throw new UnsupportedOperationException(
        "nested columns cannot be read yet: " + projection + file + nameMapping + constants);
  }

  void begin(BlockMetaData group) {}

  RowBatch read(int rows) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {}
}
