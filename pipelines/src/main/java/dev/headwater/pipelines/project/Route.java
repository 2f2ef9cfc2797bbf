package dev.headwater.pipelines.project;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Rows of a table's source that go to several tables: to {@code <table>_<what the column says>}.
 *
 * @param by a text column
 * @param create whether tables that are not there are made on the way
 */
public record Route(String by, boolean create) {
  /** Between a table's name and what the column says. */
  public static final String JOINT = "_";

  /** To tables that are there. */
  public static Route by(String column) {
    return new Route(column, false);
  }

  /** Tables that are not there are made on the way. */
  public Route creating() {
    return new Route(by, true);
  }

  static Route parse(Section s) {
    String by = s.required("by", "<a text column>");
    Boolean create = s.value("create", Values::bool);
    s.end();
    return new Route(Values.or(by, ""), create != null && create);
  }

  Map<String, Object> form() {
    Map<String, Object> form = new LinkedHashMap<>();
    form.put("by", by);
    form.put("create", create);
    return form;
  }
}
