package dev.headwater.sketch;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.headwater.sketch.Profile.Categories;
import dev.headwater.sketch.Profile.Category;
import dev.headwater.sketch.Profile.ColumnProfile;
import dev.headwater.sketch.Profile.Numbers;
import java.util.ArrayList;
import java.util.List;

/** Profiles as JSON; numbers that JSON has no word for are text. */
final class ProfileJson {
  private static final int FORMAT = 1;
  private static final ObjectMapper JSON = new ObjectMapper();

  private ProfileJson() {}

  static String write(Profile profile) {
    ObjectNode out = JSON.createObjectNode();
    out.put("format", FORMAT).put("rows", profile.rows());
    ArrayNode columns = out.putArray("columns");
    for (ColumnProfile column : profile.columns()) {
      ObjectNode node = columns.addObject().put("name", column.name());
      if (column instanceof Numbers n) {
        ArrayNode edges = node.put("kind", "numbers").putArray("edges");
        n.edges().forEach(edges::add);
        ArrayNode counts = node.putArray("counts");
        n.counts().forEach(counts::add);
        node.put("nulls", n.nulls()).put("nans", n.nans());
        put(node, "mean", n.mean());
        put(node, "stddev", n.stddev());
        put(node, "min", n.min());
        put(node, "max", n.max());
      } else if (column instanceof Categories c) {
        ArrayNode top = node.put("kind", "categories").putArray("top");
        c.top().forEach(t -> top.addObject().put("value", t.value()).put("count", t.count()));
        node.put("other", c.other()).put("nulls", c.nulls());
      }
    }
    return out.toPrettyString();
  }

  private static void put(ObjectNode node, String name, double value) {
    if (Double.isFinite(value)) {
      node.put(name, value);
    } else {
      node.put(name, Double.toString(value));
    }
  }

  static Profile read(String json) {
    JsonNode in;
    try {
      in = JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("this is no profile: " + e.getOriginalMessage(), e);
    }
    int format = in.path("format").asInt();
    if (format != FORMAT) {
      throw new IllegalArgumentException(
          "a profile of format " + format + " cannot be read; this version reads " + FORMAT);
    }
    List<ColumnProfile> columns = new ArrayList<>();
    for (JsonNode node : in.path("columns")) {
      boolean numbers = node.path("kind").asText().equals("numbers");
      columns.add(numbers ? numbers(node) : categories(node));
    }
    return new Profile(in.path("rows").asLong(), columns);
  }

  private static Numbers numbers(JsonNode node) {
    List<Double> edges = new ArrayList<>();
    node.path("edges").forEach(e -> edges.add(e.asDouble()));
    List<Long> counts = new ArrayList<>();
    node.path("counts").forEach(c -> counts.add(c.asLong()));
    return new Numbers(
        node.path("name").asText(),
        edges,
        counts,
        node.path("nulls").asLong(),
        node.path("nans").asLong(),
        number(node.path("mean")),
        number(node.path("stddev")),
        number(node.path("min")),
        number(node.path("max")));
  }

  private static double number(JsonNode node) {
    return node.isTextual() ? Double.parseDouble(node.asText()) : node.asDouble();
  }

  private static Categories categories(JsonNode node) {
    List<Category> top = new ArrayList<>();
    node.path("top")
        .forEach(t -> top.add(new Category(t.path("value").asText(), t.path("count").asLong())));
    return new Categories(
        node.path("name").asText(), top, node.path("other").asLong(), node.path("nulls").asLong());
  }
}
