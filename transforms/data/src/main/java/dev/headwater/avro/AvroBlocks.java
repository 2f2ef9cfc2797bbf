package dev.headwater.avro;

import dev.headwater.files.Decoded;
import dev.headwater.files.RowSource;
import dev.headwater.files.SourceFault;
import java.io.IOException;
import java.util.NoSuchElementException;
import org.apache.iceberg.Schema;
import org.jspecify.annotations.Nullable;

/** The rows of a piece of an Avro file, block after block. */
final class AvroBlocks implements RowSource {
  /**
   * A block that is unpacked.
   *
   * @param start where it begins in the file
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Unpacked(long start, long count, byte[] data) {}

  private final AvroFile file;
  private final long end;
  private final AvroRows rows;
  private final AvroReader reader;
  private final AvroInput in = new AvroInput();
  private long position;
  private @Nullable Unpacked block;
  private long read;

  AvroBlocks(AvroFile file, Schema columns, long end, long firstRow) {
    this.file = file;
    this.end = end;
    this.rows = new AvroRows(columns, true);
    this.reader = AvroReader.ofRows(file.schema(), columns.asStruct(), true, true);
    this.position = firstRow;
  }

  @Override
  public boolean hasNext() {
    try {
      while (!rows.isFull()) {
        if (block == null) {
          block = file.unpack(end);
          if (block == null) {
            break;
          }
          read = 0;
          in.reset(block.data(), 0, block.data().length);
        }
        fill(block);
      }
    } catch (IOException e) {
      throw SourceFault.of(file.path(), e);
    }
    return rows.size() > 0;
  }

  private void fill(Unpacked from) throws IOException {
    try {
      while (read < from.count() && !rows.isFull()) {
        rows.add(reader, in);
        read++;
      }
    } catch (BadValue e) {
      throw damaged(from, "its row " + read + ": " + e.getMessage());
    }
    if (read == from.count()) {
      if (in.left() > 0) {
        throw damaged(from, "its rows end " + in.left() + " bytes before it");
      }
      block = null;
    }
  }

  private static IOException damaged(Unpacked from, String why) {
    return new IOException("the block at byte " + from.start() + " is damaged (" + why + ")");
  }

  @Override
  public Decoded next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    Decoded out = Decoded.of(rows.build(), position);
    position += out.rows().size();
    return out;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
