package dev.headwater.kafka;

import java.io.Serializable;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.Hidden;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.util.SerializableUtils;
import org.jspecify.annotations.Nullable;

/**
 * How a job reaches its topics and their tables. What a runner restores from a checkpoint holds its
 * sources as an older job had them; its options are this job's, so brokers and catalogs may have
 * moved in between.
 */
@Hidden
public interface TopicOptions extends PipelineOptions {
  /** By topic and sink; empty for those that one job reads in several ways. */
  @Description("How topics are reached.")
  @Default.InstanceFactory(None.class)
  Map<String, String> getTopicPlaces();

  void setTopicPlaces(Map<String, String> places);

  /** None yet. */
  final class None implements org.apache.beam.sdk.options.DefaultValueFactory<Map<String, String>> {
    @Override
    public Map<String, String> create(PipelineOptions options) {
      return Map.of();
    }
  }

  /** Where a topic is, and the table that knows how far it is. */
  record Place(Topic topic, @Nullable TableOffsets after) implements Serializable {
    private static final long serialVersionUID = 1;
  }

  /** Notes how a job that is being made reaches a topic. */
  static void add(PipelineOptions options, KafkaRecords.How how) {
    TopicOptions own = options.as(TopicOptions.class);
    Map<String, String> places = new HashMap<>(own.getTopicPlaces());
    String place =
        Base64.getEncoder()
            .encodeToString(
                SerializableUtils.serializeToByteArray(new Place(how.topic(), how.after())));
    places.merge(how.key(), place, (one, other) -> one.equals(other) ? one : "");
    own.setTopicPlaces(places);
  }

  /** The same, reached as this job says. */
  static KafkaRecords.How now(PipelineOptions options, KafkaRecords.How how) {
    String place = options.as(TopicOptions.class).getTopicPlaces().getOrDefault(how.key(), "");
    return place.isEmpty()
        ? how
        : how.at(
            (Place)
                SerializableUtils.deserializeFromByteArray(
                    Base64.getDecoder().decode(place), "a topic's place"));
  }
}
