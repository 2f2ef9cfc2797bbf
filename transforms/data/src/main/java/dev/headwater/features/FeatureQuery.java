package dev.headwater.features;

import dev.headwater.aggregate.Aggregation;
import dev.headwater.aggregate.Lane;
import dev.headwater.aggregate.WindowState;
import dev.headwater.catalog.HeadwaterException;
import dev.headwater.columns.Micros;
import dev.headwater.columns.expr.Aggregate;
import dev.headwater.columns.expr.Expression;
import dev.headwater.sort.KeyCodec;
import java.io.Serializable;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Type;
import org.jspecify.annotations.Nullable;

/** A view checked against its source's schema: what each event carries, and what is made of it. */
final class FeatureQuery implements Serializable {
  private static final long serialVersionUID = 1;

  private final FeatureView view;
  private final Schema source;
  private final Schema schema;
  private final @Nullable Expression known;
  private final Aggregation aggregation;

  FeatureQuery(FeatureView view, Schema source) {
    this.view = view;
    this.source = source;
    this.schema = view.schema(source);
    this.known = view.known() == null ? null : Expression.parse(view.known(), source);
    checkTime(schema.findType(view.time()));
    if (known != null) {
      checkTime(known.type());
    }
    this.aggregation =
        new Aggregation(
            "Feature view " + view.name(),
            view.values().values().stream().map(sql -> Aggregate.parse(sql, source)).toList());
  }

  FeatureView view() {
    return view;
  }

  /** The view's own schema. */
  Schema schema() {
    return schema;
  }

  @Nullable Expression known() {
    return known;
  }

  List<Lane> lanes() {
    return aggregation.lanes();
  }

  /** Whether events of one key and one moment can be made one. */
  boolean combines() {
    return aggregation.combines();
  }

  KeyCodec keys() {
    return new KeyCodec(view.keys().stream().map(schema::findType).toList());
  }

  /** The columns of the source that are read. */
  Schema projection() {
    Set<String> names = new LinkedHashSet<>(view.keys());
    names.add(view.time());
    if (known != null) {
      names.addAll(known.columns());
    }
    names.addAll(aggregation.columns());
    return source.select(names);
  }

  /** New, empty windows: for each window, one for each value. */
  List<List<WindowState>> windows() {
    return view.windows().stream().map(window -> aggregation.windows()).toList();
  }

  private void checkTime(Type type) {
    if (!Micros.holds(type)) {
      throw new HeadwaterException(
          HeadwaterException.Kind.USAGE,
          "Feature view " + view.name() + " cannot tell time by a " + type + ".",
          "let its time and its 'known' be timestamps in microseconds, or dates.");
    }
  }
}
