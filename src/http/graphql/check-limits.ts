import {
  type ExecutionArgs,
  type ExecutionResult,
  getOperationAST,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
} from "graphql";
import type { Plugin } from "graphql-yoga";
import type { GraphQLContext } from "../../graphql/context.ts";
import { checkSearches } from "../../graphql/limit-searches.ts";
import { checkCost, limitsRule, parseLimited } from "../../graphql/limits.ts";

/** What the log says of an operation: its name, else its first field; never its arguments. */
function nameOf({ name, operation, selectionSet }: OperationDefinitionNode): string {
  const [first] = selectionSet.selections;
  return `${operation} ${name?.value ?? (first?.kind === Kind.FIELD ? first.name.value : "...")}`;
}

/** What an operation is about to be run with, and how it is not. */
export interface Checked {
  args: ExecutionArgs;
  setResultAndStopExecution(result: ExecutionResult): void;
}

/** Limits before execution: tokens while parsing, aliases and directives while validating, depth and cost last. */
export function checkLimits(schema: GraphQLSchema): Plugin {
  const check = ({ args, setResultAndStopExecution }: Checked) => {
    const operation = getOperationAST(args.document, args.operationName);
    if (!operation) return;
    (args.contextValue as GraphQLContext).logFields.operation = nameOf(operation);
    const errors = checkCost(schema, args.document, operation, args.variableValues ?? {});
    if (errors.length > 0) return setResultAndStopExecution({ errors });
    checkSearches(schema, args.document, operation, args.variableValues ?? {});
  };
  return {
    onParse({ setParseFn }) {
      setParseFn(parseLimited);
    },
    onValidate({ addValidationRule }) {
      addValidationRule(limitsRule);
    },
    onExecute: check as never,
    onSubscribe: check as never,
  };
}
