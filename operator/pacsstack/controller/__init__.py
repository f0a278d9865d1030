"""The only code that talks to a cluster: Kopf handlers, one level-triggered reconcile, server-side apply, status."""
