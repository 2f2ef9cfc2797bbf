package dev.headwater.table;

import java.io.Serializable;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.beam.sdk.util.SerializableUtils;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.MetadataColumns;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SerializableTable;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableUtil;
import org.jspecify.annotations.Nullable;

/**
 * A table whose rows are moved to other files: its schema has two columns more, in which each row
 * keeps its id and the number of the commit that changed it last, as format version 3 wants. Rows
 * that are written through it without them get new ones.
 */
public final class RowLineage extends SerializableTable {
  private static final long serialVersionUID = 1;
  private static final int VERSION = 3;

  /** The two columns. */
  static final Set<Integer> IDS =
      Set.of(
          MetadataColumns.ROW_ID.fieldId(), MetadataColumns.LAST_UPDATED_SEQUENCE_NUMBER.fieldId());

  private boolean moving;
  private transient volatile @Nullable Schema schema;

  private RowLineage(Table table) {
    super(table);
  }

  /**
   * The table, serializable; with the two columns, where its rows have ids.
   *
   * @param table no copy of one that is not there yet, but {@link #later}
   */
  public static Table of(Table table) {
    Table copy = later(table);
    if (copy instanceof RowLineage own) {
      RowLineage moving = own == table ? SerializableUtils.clone(own) : own;
      moving.moving = true;
      return moving;
    }
    return copy;
  }

  /**
   * A serializable copy of a table as it is, or as it will be, of which {@link #of} can be asked.
   */
  public static Table later(Table table) {
    if (TableUtil.formatVersion(table) >= VERSION) {
      return table instanceof RowLineage ? table : new RowLineage(table);
    }
    return table instanceof SerializableTable ? table : SerializableTable.copyOf(table);
  }

  @Override
  public Schema schema() {
    if (!moving) {
      return super.schema();
    }
    Schema known = schema;
    if (known == null) {
      known = MetadataColumns.schemaWithRowLineage(super.schema());
      schema = known;
    }
    return known;
  }

  /** What a row's two numbers are where its file does not say: to its id its position is added. */
  static Map<Integer, Serializable> constants(DataFile file) {
    Map<Integer, Serializable> out = new HashMap<>();
    if (file.firstRowId() != null) {
      out.put(MetadataColumns.ROW_ID.fieldId(), file.firstRowId());
      out.put(MetadataColumns.LAST_UPDATED_SEQUENCE_NUMBER.fieldId(), file.dataSequenceNumber());
    }
    return out;
  }

  /** Whether these columns have a row's id among them. */
  static boolean isWanted(Schema projection) {
    return projection.findField(MetadataColumns.ROW_ID.fieldId()) != null;
  }
}
