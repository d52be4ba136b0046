// Each import registers its part of the schema with the builder.
import "./agent.ts";
import "./viewer.ts";
import "./register-agent.ts";
import "./update-agent.ts";
