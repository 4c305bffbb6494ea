"""What is scattered: broken imports, duplicates, misplaced classes, expired leave-behinds."""
