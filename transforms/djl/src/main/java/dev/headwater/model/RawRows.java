package dev.headwater.model;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import dev.headwater.columns.Column;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.expr.Expression;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Type;

/**
 * Joined rows as people see them: the spine's columns, then the inputs as they are before encoding.
 * An input with the name of a spine's column is that column.
 */
public final class RawRows {
  private final List<String> spine;
  private final List<ModelInput> inputs;
  private final Map<String, Type> types = new LinkedHashMap<>();

  /**
   * @param spine which of the joined columns are the spine's
   * @throws HeadwaterException USAGE if an input has the name of another column
   */
  public RawRows(List<String> spine, List<ModelInput> inputs, Schema joined) {
    this.spine = List.copyOf(spine);
    this.inputs = List.copyOf(inputs);
    for (String name : spine) {
      types.put(name, joined.findType(name));
    }
    for (ModelInput input : inputs) {
      Expression value = Expression.parse(input.sql(), joined);
      if (types.put(input.name(), value.type()) != null
          && !value.canonical().equals(own(input.name(), joined))) {
        throw new HeadwaterException(
            Kind.USAGE,
            "Cannot write rows with their inputs: input "
                + input.name()
                + " is "
                + input.sql()
                + ", but the rows have another column of this name.",
            "give the input a name of its own.");
      }
    }
  }

  private static String own(String column, Schema joined) {
    return Expression.parse(ModelInput.column(column).sql(), joined).canonical();
  }

  /** The columns' types, in their order. */
  public Map<String, Type> types() {
    return Collections.unmodifiableMap(types);
  }

  /**
   * One of the columns.
   *
   * @param values the inputs' columns, as of {@link InputValues#columns}
   */
  public Column column(String name, RowBatch joined, Column[] values) {
    if (!spine.contains(name)) {
      for (int i = 0; i < values.length; i++) {
        if (inputs.get(i).name().equals(name)) {
          return values[i];
        }
      }
    }
    return joined.column(name);
  }
}
