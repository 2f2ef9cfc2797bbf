package dev.headwater.parquet;

import java.io.IOException;
import org.apache.iceberg.io.OutputFile;
import org.apache.parquet.io.DelegatingPositionOutputStream;
import org.apache.parquet.io.PositionOutputStream;

/** An Iceberg output file as Parquet writes it; its stream is closed once, however often asked. */
record ParquetOutput(OutputFile file) implements org.apache.parquet.io.OutputFile {
  @Override
  public PositionOutputStream create(long blockSizeHint) {
    org.apache.iceberg.io.PositionOutputStream out = file.create();
    return new DelegatingPositionOutputStream(out) {
      private boolean closed;
      private long length;

      @Override
      public long getPos() throws IOException {
        return closed ? length : out.getPos();
      }

      @Override
      public void close() throws IOException {
        if (!closed) {
          length = out.getPos();
          // Some stores upload at the close: a second one must not hide that the first failed.
          closed = true;
          super.close();
        }
      }
    };
  }

  @Override
  public PositionOutputStream createOrOverwrite(long blockSizeHint) {
    return create(blockSizeHint);
  }

  @Override
  public boolean supportsBlockSize() {
    return false;
  }

  @Override
  public long defaultBlockSize() {
    return 0;
  }

  @Override
  public String getPath() {
    return file.location();
  }
}
