package dev.headwater.pipelines;

import dev.headwater.catalog.registry.Run;
import dev.headwater.columns.expr.Expression;
import dev.headwater.join.SpineJoin;
import dev.headwater.model.ModelInput;
import dev.headwater.pipelines.project.Input;
import dev.headwater.pipelines.project.ModelDecl;
import dev.headwater.pipelines.project.ViewDecl;
import dev.headwater.pipelines.project.Window;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;

/** How a model's rows meet its views: the same for training and for scoring. */
final class Joins {
  private final Stages stages;
  private final ModelDecl model;

  Joins(Stages stages, ModelDecl model) {
    this.stages = stages;
    this.model = model;
  }

  /** The views' tables that a model reads, each once. */
  Set<String> tables() {
    Set<String> tables = new LinkedHashSet<>();
    for (Input input : model.inputs().values()) {
      if (input instanceof Input.View joined) {
        tables.add(joined.view());
      }
    }
    return tables;
  }

  List<SpineJoin.View> views(Run run) {
    List<SpineJoin.View> views = new ArrayList<>();
    for (Map.Entry<String, Input> input : model.inputs().entrySet()) {
      if (input.getValue() instanceof Input.View joined) {
        ViewDecl view = view(joined);
        Map<String, String> keys = new LinkedHashMap<>();
        for (int i = 0; i < view.key().size(); i++) {
          keys.put(view.key().get(i), joined.key().get(i));
        }
        Stages.Pinned pinned = stages.pinned(run, view.name());
        views.add(
            new SpineJoin.View(
                input.getKey(),
                pinned.table(),
                pinned.snapshot(),
                keys,
                view.time(),
                columns(view)));
      }
    }
    return views;
  }

  /** The network's inputs over the joined columns, in the order of their names. */
  List<ModelInput> inputs() {
    List<ModelInput> inputs = new ArrayList<>();
    for (Map.Entry<String, Input> input : model.inputs().entrySet()) {
      if (input.getValue() instanceof Input.View joined) {
        for (String column : columns(view(joined))) {
          inputs.add(ModelInput.column(input.getKey() + "__" + column));
        }
      } else if (input.getValue() instanceof Input.Of of) {
        inputs.add(new ModelInput(input.getKey(), of.expression()));
      }
    }
    return inputs;
  }

  /** The columns of the rows that training needs: for inputs, label, split and keys. */
  List<String> needed(Schema rows) {
    Set<String> needed = new LinkedHashSet<>();
    needed.add(model.time());
    needed.add(model.split().by());
    needed.addAll(Expression.parse(model.label(), rows).columns());
    for (Input input : model.inputs().values()) {
      if (input instanceof Input.Of of) {
        needed.addAll(Expression.parse(of.expression(), rows).columns());
      } else if (input instanceof Input.View joined) {
        needed.addAll(joined.key());
      }
    }
    return rows.columns().stream().map(Types.NestedField::name).filter(needed::contains).toList();
  }

  private ViewDecl view(Input.View joined) {
    return Objects.requireNonNull(stages.project().features().get(joined.view()));
  }

  private static List<String> columns(ViewDecl view) {
    List<String> columns = new ArrayList<>();
    for (String value : view.values().keySet()) {
      for (Window window : view.windows()) {
        columns.add(ViewDecl.column(value, window));
      }
    }
    return columns;
  }
}
