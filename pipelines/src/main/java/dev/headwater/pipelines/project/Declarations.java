package dev.headwater.pipelines.project;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.headwater.catalog.HeadwaterException;
import dev.headwater.model.UserNetwork;
import dev.headwater.user.UserClass;
import dev.headwater.user.UserCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a target's declaration says, as one text whatever way it was written: comments, key order,
 * spaces, defaults that are spelled out and the spelling of expressions don't count. A table's has
 * its source's paths and its contract's content, and users' classes have their digest; what other
 * targets say isn't in it.
 */
public final class Declarations {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS);

  /** Under this key stand the users' classes that count, each with its digest. */
  public static final String CODE = "code";

  private Declarations() {}

  /** The SHA-256 of {@link #json}, in hex. */
  public static String hash(Project project, Target target) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256")
                  .digest(json(project, target).getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The declaration as JSON: keys in order, every default filled in. */
  public static String json(Project project, Target target) {
    Map<String, Object> form = new LinkedHashMap<>(new Forms(project, Sql::canonical).of(target));
    form.put("kind", target.kind().word());
    // What is done to a table beside its runs, and how its files are written, changes no row; one
    // that moves is not there. Nor does it change with the place.
    form.remove("maintain");
    form.remove("catalog");
    form.remove("properties");
    form.remove("sort");
    form.remove("resources");
    project.about(target).form().keySet().forEach(form::remove);
    Map<String, String> code = new TreeMap<>();
    if (target.kind() == Target.Kind.TABLE) {
      TableDecl table = Targets.of(project.tables(), target);
      form.put("from", Targets.of(project.sources(), table.from()).rows());
      form.remove("commit");
      if (table.write().equals(Write.MIRROR)) {
        // As declared before there were other ways: nothing runs anew for it.
        form.remove("write");
      }
      // What columns may become is no change of what they are; a name is.
      form.remove("schema");
      form.remove("letters");
      if (!table.schema().rename().isEmpty()) {
        form.put("schema", Map.of("rename", table.schema().rename()));
      }
      List<String> states = new ArrayList<>();
      for (Step step : table.steps()) {
        if (step.given() != null) {
          states.add(step.object().state());
        }
      }
      if (!states.isEmpty()) {
        form.put("state of its transforms", states);
      }
      if (table.contract() != null) {
        form.put("contract", contract(project.origin().folder().resolve(table.contract())));
      }
    }
    if (target.kind() == Target.Kind.DERIVED) {
      DerivedDecl table = Targets.of(project.derived(), target);
      form.remove("letters");
      if (table.contract() != null) {
        form.put("contract", contract(project.origin().folder().resolve(table.contract())));
      }
    }
    for (String name : classes(project, target)) {
      boolean network = target.kind() == Target.Kind.MODEL;
      code.put(name, network ? UserNetwork.code(name) : UserCode.digest(name, UserClass.loader()));
    }
    if (!code.isEmpty()) {
      form.put(CODE, code);
    }
    try {
      return JSON.writeValueAsString(form);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The users' classes that the code of a target begins with, or methods of them. */
  public static Set<String> classes(Project project, Target target) {
    Set<String> names = new TreeSet<>();
    switch (target.kind()) {
      case TABLE ->
          Targets.of(project.tables(), target)
              .steps()
              .forEach(step -> names.addAll(step.object().code()));
      case DERIVED -> {
        DerivedDecl table = Targets.of(project.derived(), target);
        if (table.through() != null) {
          names.addAll(table.object().code());
        }
      }
      case MODEL -> {
        if (Targets.of(project.models(), target).network() instanceof Network.Java java) {
          names.add(java.name());
        }
      }
      default -> {}
    }
    return names;
  }

  private static Object contract(Path file) {
    try {
      return Yaml.top(file.getFileName().toString(), Files.readString(file)).plain();
    } catch (IOException e) {
      throw new HeadwaterException(
          HeadwaterException.Kind.USAGE,
          "Cannot read the contract " + file + ".",
          "put it there, or take the contract out of the table.",
          e);
    }
  }
}
