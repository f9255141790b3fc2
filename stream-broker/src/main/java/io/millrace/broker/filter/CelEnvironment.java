// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.filter;

import dev.cel.checker.CelStandardDeclarations;
import dev.cel.checker.CelStandardDeclarations.StandardFunction;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelContainer;
import dev.cel.common.CelIssue;
import dev.cel.common.CelOptions;
import dev.cel.common.CelValidationException;
import dev.cel.common.CelValidationResult;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerBuilder;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;

/** CEL as filters have it: the variables, the limits, and what is left out because nothing could bound its cost. */
final class CelEnvironment {
    private static final int MAX_ITERATIONS = 1_000;
    private static final int MAX_DEPTH = 100;

    private static final CelOptions OPTIONS = CelOptions.current()
            .maxExpressionCodePointSize(Filter.MAX_EXPRESSION_BYTES)
            .maxParseRecursionDepth(MAX_DEPTH)
            .comprehensionMaxIterations(MAX_ITERATIONS)
            .build();

    static final CelRuntime RUNTIME =
            CelRuntimeFactory.standardCelRuntimeBuilder().setOptions(OPTIONS).build();

    private static final CelCompiler COMPILER = compiler();

    private CelEnvironment() {}

    static CelAbstractSyntaxTree checked(String expression) {
        CelValidationResult result = COMPILER.compile(expression);
        try {
            return result.getAst();
        } catch (CelValidationException e) {
            throw result.getErrors().stream()
                    .findFirst()
                    .map(CelEnvironment::exception)
                    .orElseGet(() -> new FilterException(String.valueOf(e.getMessage()), 1, 1));
        }
    }

    private static FilterException exception(CelIssue issue) {
        String message = issue.getMessage();
        String advice = message.startsWith("undeclared reference")
                ? "; a filter knows type, source, subject, key, id and attributes, and CEL's functions without matches"
                : "";
        return new FilterException(
                message + advice,
                Math.max(1, issue.getSourceLocation().getLine()),
                Math.max(0, issue.getSourceLocation().getColumn()) + 1);
    }

    private static CelCompiler compiler() {
        CelCompilerBuilder builder = CelCompilerFactory.standardCelCompilerBuilder()
                .setOptions(OPTIONS)
                .setContainer(CelContainer.ofName(Variable.CONTAINER))
                .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
                .setStandardEnvironmentEnabled(false)
                .setStandardDeclarations(CelStandardDeclarations.newBuilder()
                        .excludeFunctions(StandardFunction.MATCHES)
                        .build())
                .addVar(Variable.ATTRIBUTES, MapType.create(SimpleType.STRING, SimpleType.STRING))
                .setResultType(SimpleType.BOOL);
        for (Variable variable : Variable.values()) {
            builder.addVar(variable.qualifiedName(), SimpleType.STRING);
        }
        return builder.build();
    }
}
