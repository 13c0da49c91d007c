"""The authors' tables of the conformance suite: one module a family of rules, each giving cases as plain data."""
