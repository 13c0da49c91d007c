"""The portal: pages for people, over the same commands and questions as the API."""
