"""The demo's orders and catalogues: written from the present moment, so that every verdict can be seen on any day."""
