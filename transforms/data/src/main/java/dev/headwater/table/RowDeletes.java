package dev.headwater.table;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileContent;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.types.TypeUtil;

/**
 * The delete files that count for one data file, as planning found them by their sequence numbers.
 *
 * @param positions position deletes, or the one deletion vector
 * @param keys equality deletes, those with the same columns together
 */
record RowDeletes(List<DeleteFile> positions, List<Keys> keys) implements Serializable {
  static final RowDeletes NONE = new RowDeletes(List.of(), List.of());

  /**
   * Files whose rows are deleted keys.
   *
   * @param columns what makes a key, by field id
   */
  record Keys(Schema columns, List<DeleteFile> files) implements Serializable {
    Keys {
      files = new ArrayList<>(files);
    }
  }

  RowDeletes {
    // ArrayLists travel by Java serialization as they are.
    positions = new ArrayList<>(positions);
    keys = new ArrayList<>(keys);
  }

  /**
   * The delete files of one data file.
   *
   * @param known delete files that other data files share, without the statistics that only
   *     planning needs
   */
  static RowDeletes of(
      Table table, List<DeleteFile> files, IdentityHashMap<DeleteFile, DeleteFile> known) {
    if (files.isEmpty()) {
      return NONE;
    }
    List<DeleteFile> positions = new ArrayList<>();
    Map<Set<Integer>, List<DeleteFile>> byColumns = new LinkedHashMap<>();
    for (DeleteFile planned : files) {
      DeleteFile file = known.computeIfAbsent(planned, DeleteFile::copyWithoutStats);
      if (file.content() == FileContent.EQUALITY_DELETES) {
        byColumns
            .computeIfAbsent(new LinkedHashSet<>(file.equalityFieldIds()), k -> new ArrayList<>())
            .add(file);
      } else {
        positions.add(file);
      }
    }
    List<Keys> keys = new ArrayList<>();
    byColumns.forEach((ids, of) -> keys.add(new Keys(columns(table, ids), of)));
    return new RowDeletes(positions, keys);
  }

  boolean isEmpty() {
    return positions.isEmpty() && keys.isEmpty();
  }

  /** A key's column may have been dropped since, so older schemas are asked too. */
  private static Schema columns(Table table, Set<Integer> ids) {
    if (has(table.schema(), ids)) {
      return TypeUtil.select(table.schema(), ids);
    }
    return table.schemas().values().stream()
        .filter(schema -> has(schema, ids))
        .reduce((older, newer) -> newer)
        .map(schema -> TypeUtil.select(schema, ids))
        .orElseThrow(
            () -> new IllegalStateException("no schema of " + table + " has the fields " + ids));
  }

  private static boolean has(Schema schema, Set<Integer> ids) {
    return ids.stream().allMatch(id -> schema.findField(id) != null);
  }
}
