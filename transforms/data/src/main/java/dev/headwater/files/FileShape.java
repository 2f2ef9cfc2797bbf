package dev.headwater.files;

import java.util.List;
import java.util.Set;
import org.apache.iceberg.Schema;

/**
 * What a file says of itself before its rows are read.
 *
 * @param schema its columns, all optional
 * @param nulls the columns that may hold null
 * @param pieces what can be read alone; every row is in one of them
 */
public record FileShape(Schema schema, Set<String> nulls, List<Piece> pieces) {
  /**
   * A piece of a file.
   *
   * @param start where it begins, in bytes
   * @param length its bytes
   * @param firstRow how many rows lie before it
   * @param rows how many it has
   */
  public record Piece(long start, long length, long firstRow, long rows) {}

  public FileShape {
    nulls = Set.copyOf(nulls);
    pieces = List.copyOf(pieces);
  }

  public long rows() {
    return pieces.stream().mapToLong(Piece::rows).sum();
  }
}
