/**
 * A Kubernetes API server in memory. Served: the kinds in builtin-kinds.json and those of every CRD that is created.
 *
 * <p>Left out on purpose: authorisation (requests are told to listeners instead, and who asks beforehand is told what the roles
 * say), webhooks (stored only), of admission policies parameters, selectors, audit annotations and the cost of expressions,
 * conversion webhooks, protobuf except of Secrets, web sockets, /scale, exec, logs and proxies, semantic validation of built-in
 * kinds beyond their schema.
 */
package io.devicemgr.testkit.apiserver;
