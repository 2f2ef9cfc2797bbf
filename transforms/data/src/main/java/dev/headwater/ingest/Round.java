package dev.headwater.ingest;

import dev.headwater.files.SourceFormat;
import dev.headwater.table.RowFit;
import dev.headwater.table.SplitGroup;
import dev.headwater.table.Written;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.Table;

/**
 * Files of a watched folder that come into the table together.
 *
 * @param id of what it is made of: the same files upon the same commit are the same round
 * @param upon what the table said when it was told that it lacks them
 * @param files by name: those that are read, and those that are only known under a new name
 * @param read the files whose rows come
 * @param pieces into how many pieces of work they are dealt
 * @param table with the columns that they need
 * @param format with the columns that were found
 */
record Round(
    String id,
    UponFiles upon,
    Map<String, SourceFile> files,
    List<SourceFile> read,
    int pieces,
    Table table,
    SourceFormat format,
    Map<String, RowFit.Factory> fits)
    implements Serializable {
  private static final long serialVersionUID = 1;

  Round {
    files = new LinkedHashMap<>(files);
    read = new ArrayList<>(read);
    fits = new HashMap<>(fits);
  }

  /** What one worker reads of it. */
  record Piece(Round round, SplitGroup splits) implements Serializable {
    private static final long serialVersionUID = 1;
  }

  /** What one worker made of it. */
  record Part(Round round, Written written) implements Serializable {
    private static final long serialVersionUID = 1;
  }

  /** All of it. */
  record Whole(Round round, List<Written> parts) implements Serializable {
    private static final long serialVersionUID = 1;

    Whole {
      parts = new ArrayList<>(parts);
    }
  }
}
