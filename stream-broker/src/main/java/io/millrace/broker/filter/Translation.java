// SPDX-License-Identifier: Apache-2.0
package io.millrace.broker.filter;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Makes conditions of the common part of CEL; what it does not know has none, and is left to CEL itself. */
final class Translation {
    private final Texts.Places places = new Texts.Places();

    private Translation() {}

    record Translated(Condition condition, Texts texts) {}

    static Optional<Translated> of(CelAbstractSyntaxTree checked) {
        Translation translation = new Translation();
        return translation
                .condition(checked.getExpr())
                .map(condition -> new Translated(condition, new Texts(translation.places)));
    }

    private Optional<Condition> condition(CelExpr expression) {
        return switch (expression.getKind()) {
            case CONSTANT -> constant(expression.constant());
            case SELECT -> presence(expression.select());
            case CALL -> call(expression.call());
            default -> Optional.empty();
        };
    }

    private static Optional<Condition> constant(CelConstant constant) {
        return constant.getKind() == CelConstant.Kind.BOOLEAN_VALUE
                ? Optional.of(new Condition.Constant(Truth.of(constant.booleanValue())))
                : Optional.empty();
    }

    private Optional<Condition> presence(CelExpr.CelSelect select) {
        return select.testOnly() && isAttributes(select.operand())
                ? Optional.of(new Condition.Present(places.attribute(select.field())))
                : Optional.empty();
    }

    private Optional<Condition> call(CelExpr.CelCall call) {
        List<CelExpr> arguments = call.args();
        return switch (call.function()) {
            case "!_" -> condition(arguments.get(0)).map(Condition.Not::new);
            case "_&&_" ->
                condition(arguments.get(0))
                        .flatMap(left -> condition(arguments.get(1)).map(right -> new Condition.And(left, right)));
            case "_||_" ->
                condition(arguments.get(0))
                        .flatMap(left -> condition(arguments.get(1)).map(right -> new Condition.Or(left, right)));
            case "_==_" -> pair(arguments.get(0), arguments.get(1), Condition.Equal::new);
            case "_!=_" ->
                pair(arguments.get(0), arguments.get(1), Condition.Equal::new).map(Condition.Not::new);
            case "startsWith" -> call.target().flatMap(text -> pair(text, arguments.get(0), Condition.StartsWith::new));
            case "endsWith" -> call.target().flatMap(text -> pair(text, arguments.get(0), Condition.EndsWith::new));
            case "contains" -> call.target().flatMap(text -> contains(text, arguments.get(0)));
            case "@in" -> in(arguments.get(0), arguments.get(1));
            default -> Optional.empty();
        };
    }

    private interface OfTwo {
        Condition make(int left, int right);
    }

    private Optional<Condition> pair(CelExpr left, CelExpr right, OfTwo condition) {
        OptionalInt first = text(left);
        OptionalInt second = text(right);
        return first.isPresent() && second.isPresent()
                ? Optional.of(condition.make(first.getAsInt(), second.getAsInt()))
                : Optional.empty();
    }

    private Optional<Condition> contains(CelExpr text, CelExpr part) {
        OptionalInt place = text(text);
        Optional<String> literal = literal(part);
        return place.isPresent()
                ? literal.map(needle -> new Condition.Contains(place.getAsInt(), new Needle(needle)))
                : Optional.empty();
    }

    private Optional<Condition> in(CelExpr element, CelExpr container) {
        if (isAttributes(container)) {
            return literal(element).map(name -> new Condition.Present(places.attribute(name)));
        }
        if (container.getKind() != CelExpr.ExprKind.Kind.LIST) {
            return Optional.empty();
        }
        OptionalInt text = text(element);
        List<OptionalInt> members =
                container.list().elements().stream().map(this::text).toList();
        return text.isPresent() && members.stream().allMatch(OptionalInt::isPresent)
                ? Optional.of(new Condition.OneOf(
                        text.getAsInt(),
                        members.stream().mapToInt(OptionalInt::getAsInt).toArray()))
                : Optional.empty();
    }

    /** The place of a text, where the expression is one. */
    private OptionalInt text(CelExpr expression) {
        return switch (expression.getKind()) {
            case CONSTANT -> place(literal(expression).map(places::literal));
            case IDENT -> variable(expression.ident().name());
            case SELECT ->
                place(Optional.of(expression.select())
                        .filter(select -> !select.testOnly() && isAttributes(select.operand()))
                        .map(select -> places.attribute(select.field())));
            case CALL -> indexed(expression.call());
            default -> OptionalInt.empty();
        };
    }

    private OptionalInt variable(String name) {
        return place(Variable.named(name).map(variable -> places.variable(variable.ordinal())));
    }

    private OptionalInt indexed(CelExpr.CelCall call) {
        return call.function().equals("_[_]") && isAttributes(call.args().get(0))
                ? place(literal(call.args().get(1)).map(places::attribute))
                : OptionalInt.empty();
    }

    private static OptionalInt place(Optional<Integer> place) {
        return place.isPresent() ? OptionalInt.of(place.get()) : OptionalInt.empty();
    }

    private static Optional<String> literal(CelExpr expression) {
        return expression.getKind() == CelExpr.ExprKind.Kind.CONSTANT
                        && expression.constant().getKind() == CelConstant.Kind.STRING_VALUE
                ? Optional.of(expression.constant().stringValue())
                : Optional.empty();
    }

    private static boolean isAttributes(CelExpr expression) {
        return expression.getKind() == CelExpr.ExprKind.Kind.IDENT
                && expression.ident().name().equals(Variable.ATTRIBUTES);
    }
}
