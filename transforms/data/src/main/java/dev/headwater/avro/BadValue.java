package dev.headwater.avro;

/** Bytes are no value of the column that they are for. */
public final class BadValue extends RuntimeException {
  private static final long serialVersionUID = 1;
  private final String code;
  private final String why;
  private final String column;

  BadValue(String code, String why) {
    this(code, why, "");
  }

  private BadValue(String code, String why, String column) {
    super(why, null, false, false);
    this.code = code;
    this.why = why;
    this.column = column;
  }

  /** The same of a field of this name. */
  BadValue in(String name) {
    return new BadValue(code, why, column.isEmpty() ? name : name + "." + column);
  }

  /**
   * Why, for programs: {@code syntax} (no Avro of its schema), {@code type}, {@code encoding},
   * {@code unknown} (a field that is no column), {@code required}.
   */
  public String code() {
    return code;
  }

  /** The column, with the names of its fields; empty if it is about none. */
  public String column() {
    return column;
  }

  /** Why, for people. */
  @Override
  public String getMessage() {
    return (column.isEmpty() ? "" : column + " ") + why;
  }
}
