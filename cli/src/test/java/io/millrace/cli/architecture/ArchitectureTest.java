// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The arrows of the house: which module may import which. It lives here because only here every module is on the class
 * path.
 */
class ArchitectureTest {
    private static final String CORE = "io.millrace.core..";
    private static final String PROTO = "io.millrace.v1..";
    private static final String WIRE = "io.millrace.wire..";
    private static final String BROKER = "io.millrace.broker..";
    private static final String KAFKA = "io.millrace.kafka..";
    private static final String LOCAL_KAFKA = "io.millrace.localkafka..";
    private static final String CLIENT = "io.millrace.client..";
    private static final String PRODUCERS = "io.millrace.producers..";
    private static final String CONSUMERS = "io.millrace.consumers..";

    /** A module may import those on the right, and nothing else of ours. */
    private static final Map<String, List<String>> ARROWS = Map.of(
            CORE, List.of(),
            PROTO, List.of(),
            WIRE, List.of(CORE, PROTO),
            BROKER, List.of(CORE, PROTO, WIRE),
            KAFKA, List.of(CORE),
            LOCAL_KAFKA, List.of(),
            CLIENT, List.of(CORE, PROTO, WIRE),
            PRODUCERS, List.of(CLIENT, CORE, PROTO, WIRE),
            CONSUMERS, List.of(CLIENT, CORE, PROTO, WIRE));

    private static JavaClasses house;

    @BeforeAll
    static void importEverything() {
        house = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .withImportOption(location -> !location.contains("-tests.jar"))
                .importPackages("io.millrace");
    }

    @Test
    void everyModuleIsLookedAt() {
        for (String module : ARROWS.keySet()) {
            assertThat(house.that(resideInAPackage(module))).as(module).isNotEmpty();
        }
        assertThat(house.that(resideInAPackage("io.millrace.cli.."))).isNotEmpty();
    }

    @TestFactory
    Stream<DynamicTest> noModuleImportsAgainstTheArrows() {
        return ARROWS.entrySet().stream()
                .map(arrow ->
                        DynamicTest.dynamicTest(arrow.getKey(), () -> importsOnly(arrow.getKey(), arrow.getValue())));
    }

    @Test
    void nothingImportsTheCommandLine() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.millrace.cli..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.millrace.cli..")
                .check(house);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("io.millrace.(**)").should().beFreeOfCycles().check(house);
    }

    @Test
    void coreKnowsNeitherGrpcNorKafkaNorNetty() {
        noClasses()
                .that()
                .resideInAPackage(CORE)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.grpc..", "org.apache.kafka..", "reactor.kafka..", "io.netty..", "com.google.protobuf..")
                .check(house);
    }

    @Test
    void theBridgeToKafkaKnowsNoGrpc() {
        noClasses()
                .that()
                .resideInAnyPackage(KAFKA, LOCAL_KAFKA)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.grpc..", "com.salesforce..")
                .check(house);
    }

    @Test
    void onlyTheModulesAroundKafkaImportKafka() {
        noClasses()
                .that()
                .resideOutsideOfPackages(KAFKA, LOCAL_KAFKA, "io.millrace.load..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.apache.kafka..", "kafka..", "reactor.kafka..")
                .check(house);
    }

    @Test
    void theRingKnowsNeitherGrpcNorKafka() {
        noClasses()
                .that()
                .resideInAPackage("io.millrace.broker.ring..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.grpc..", "org.apache.kafka..")
                .check(house);
    }

    @Test
    void classesAreFinalUnlessTheyAreMadeToBeExtended() {
        classes()
                .that(not(resideInAPackage(PROTO)))
                .and()
                .areTopLevelClasses()
                .and()
                .arePublic()
                .and()
                .areNotInterfaces()
                .and()
                .areNotEnums()
                .and()
                .doNotHaveModifier(JavaModifier.ABSTRACT)
                .should()
                .haveModifier(JavaModifier.FINAL)
                .check(house);
    }

    @Test
    void noPackageIsCalledWhatHasNoHome() {
        noClasses()
                .should()
                .resideInAnyPackage("..util..", "..common..", "..impl..", "..internal..", "..manager..", "..helper..")
                .check(house);
    }

    private static void importsOnly(String module, List<String> allowed) {
        String[] mine = Stream.concat(Stream.of(module), allowed.stream()).toArray(String[]::new);
        noClasses()
                .that()
                .resideInAPackage(module)
                .should()
                .dependOnClassesThat(resideInAPackage("io.millrace..").and(not(resideInAnyPackage(mine))))
                .as(module + " may import only " + Arrays.asList(mine))
                .check(house);
    }
}
