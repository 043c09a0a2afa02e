"""Ranges for exclusion constraints; an integer range stands in for the equality that core GiST lacks."""

from django.db import models


class DateRange(models.Func):
    function = "daterange"
    output_field = models.Field()


class IdRange(models.Func):
    function = "int8range"
    output_field = models.Field()
