package dev.headwater.pipelines.init;

import dev.headwater.catalog.TableRef;
import dev.headwater.files.SourceFormat;
import dev.headwater.pipelines.project.Draft;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Where a project's rows come from. */
sealed interface Origins {
  /** The table or source that a model's rows are of. */
  String rows();

  /** What stands at the head of the project file. */
  List<String> head();

  /** Puts what is before the model into a project file. */
  void form(Guess guess, Map<String, Object> form, Map<String, List<String>> notes);

  /**
   * Files, which fill a table under a contract.
   *
   * @param table its name
   * @param paths from the project's folder
   * @param said of the files
   * @param columns what is to be known of them
   */
  record Files(
      String table,
      List<String> paths,
      SourceFormat format,
      List<String> said,
      Map<String, List<String>> columns)
      implements Origins {
    @Override
    public String rows() {
      return table;
    }

    @Override
    public List<String> head() {
      return said;
    }

    String source() {
      return table + "_file";
    }

    String contract() {
      return "contracts/" + table + ".yaml";
    }

    @Override
    public void form(Guess guess, Map<String, Object> form, Map<String, List<String>> notes) {
      form.put("sources", Map.of(source(), Draft.source(source(), paths, format)));
      columns.forEach(
          (column, why) -> notes.put("sources." + source() + ".columns." + column, why));
      Map<String, Object> into = new LinkedHashMap<>();
      into.put("from", source());
      TimeGuess time = guess.time();
      if (time != null) {
        into.put("time", time.column());
        List<String> why = new ArrayList<>(time.reasons());
        why.add("Decide: is it when a row happened?");
        notes.put("tables." + table + ".time", why);
      }
      into.put("contract", contract());
      form.put("tables", Map.of(table, into));
    }
  }

  /**
   * A table of others, which is read where it is.
   *
   * @param catalog how its catalog is reached
   */
  record Foreign(TableRef table, Map<String, String> catalog, String source) implements Origins {
    @Override
    public String rows() {
      return source;
    }

    @Override
    public List<String> head() {
      return List.of("A model over " + table + ", which is only read.");
    }

    @Override
    public void form(Guess guess, Map<String, Object> form, Map<String, List<String>> notes) {
      Map<String, Object> catalogs = new LinkedHashMap<>(Draft.catalog(catalog));
      catalogs.put("access", "read");
      form.put("catalogs", Map.of(table.catalog(), catalogs));
      notes.put(
          "catalogs." + table.catalog() + ".access",
          List.of("Nothing is changed there. pin: copy keeps the rows that a model learned from."));
      Map<String, Object> of = new LinkedHashMap<>();
      of.put("table", table.toString());
      TimeGuess time = guess.time();
      if (time != null) {
        of.put("time", time.column());
        List<String> why = new ArrayList<>(time.reasons());
        why.add("Decide: is it when a row happened?");
        notes.put("sources." + source + ".time", why);
      }
      form.put("sources", Map.of(source, of));
    }
  }
}
