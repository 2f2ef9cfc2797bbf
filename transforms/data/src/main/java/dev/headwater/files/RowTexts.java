package dev.headwater.files;

import java.util.List;

/** What the rows of a text were before they were decoded. */
public interface RowTexts {
  /** {@link RawRow#CSV} or {@link RawRow#JSON}. */
  String form();

  /** The names of a CSV's fields, in their order. */
  List<String> fields();

  /** A row that was decoded; to be asked for before the next rows are read. */
  RawRow of(int row);

  /** A row that was not. */
  default RawRow of(BadRow row) {
    return RawRow.text(form(), fields(), row.raw(), row.length());
  }
}
